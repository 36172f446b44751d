// Starts Swagger UI. A file and not an inline script, so that a content security policy can allow it.
window.addEventListener("load", () => {
  const { schema, csrfToken } = document.getElementById("swagger-ui").dataset;
  SwaggerUIBundle({
    dom_id: "#swagger-ui",
    url: schema,
    deepLinking: true,
    validatorUrl: null, // the default sends the schema's address to another host
    // Django demands it of those who are logged in.
    requestInterceptor: (request) => {
      request.headers["X-CSRFToken"] = csrfToken;
      return request;
    },
  });
});
