#!/bin/sh
# Spark's spark-class: runs one of its classes.
heap=1g
for argument in "$@"; do
  case $argument in --driver-memory=*) heap=${argument#*=} ;; esac
done
options=$SPARK_SUBMIT_OPTS
for argument in "$@"; do
  case $argument in --driver-java-options=*) options="$options ${argument#*=}" ;; esac
done
# shellcheck disable=SC2086
exec "$JAVA_HOME/bin/java" -XX:+IgnoreUnrecognizedVMOptions \
  --add-opens=java.base/java.lang=ALL-UNNAMED \
  --add-opens=java.base/java.lang.invoke=ALL-UNNAMED \
  --add-opens=java.base/java.lang.reflect=ALL-UNNAMED \
  --add-opens=java.base/java.io=ALL-UNNAMED \
  --add-opens=java.base/java.net=ALL-UNNAMED \
  --add-opens=java.base/java.nio=ALL-UNNAMED \
  --add-opens=java.base/java.util=ALL-UNNAMED \
  --add-opens=java.base/java.util.concurrent=ALL-UNNAMED \
  --add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED \
  --add-opens=java.base/sun.nio.ch=ALL-UNNAMED \
  --add-opens=java.base/sun.nio.cs=ALL-UNNAMED \
  --add-opens=java.base/sun.util.calendar=ALL-UNNAMED \
  --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow \
  -Xmx"$heap" $options -cp '/opt/spark/jars/*' "$@"
