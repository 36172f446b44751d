// Starts Swagger UI. A file and not an inline script, so that a content security policy can allow it.
window.addEventListener("load", () => {
  const root = document.getElementById("swagger-ui");
  SwaggerUIBundle({
    domNode: root,
    url: root.dataset.schema,
    deepLinking: true,
    validatorUrl: null, // the default sends the schema's address to another host
  });
});
