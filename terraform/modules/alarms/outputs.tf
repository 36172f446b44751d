output "alarm_names" {
  description = "Names of the alarms, as in CloudWatch's console."
  value       = sort(concat(values(aws_cloudwatch_metric_alarm.this)[*].alarm_name, values(aws_cloudwatch_metric_alarm.conflicts)[*].alarm_name))
}
