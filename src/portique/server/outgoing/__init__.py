"""Events for the school's other programs: webhooks and MQTT, with nothing about anybody."""
