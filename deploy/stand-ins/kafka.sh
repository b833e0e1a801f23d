#!/bin/bash
# A broker whose settings are the environment's KAFKA_..., as in the official image.
set -eu
env | grep '^KAFKA_' | grep -v KAFKA_HEAP_OPTS | while IFS='=' read -r name value; do
  key=${name#KAFKA_}
  printf '%s=%s\n' "$(printf '%s' "$key" | tr 'A-Z_' 'a-z.')" "$value"
done > /tmp/server.properties
java -Xmx256m -cp '/opt/kafka/libs/*' kafka.tools.StorageTool format --ignore-formatted \
  -t bWVkYWxsaW9uLXN0YW5kLQ -c /tmp/server.properties
# shellcheck disable=SC2086
exec java ${KAFKA_HEAP_OPTS:--Xmx512m} -cp '/opt/kafka/libs/*' kafka.Kafka /tmp/server.properties
