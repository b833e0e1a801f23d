#!/bin/sh
# Spark's spark-submit.
exec /opt/spark/bin/spark-class org.apache.spark.deploy.SparkSubmit "$@"
