#!/bin/sh
# Maven, with the repository of the machine that made this image and no other.
exec /usr/bin/mvn -o -Dmaven.repo.local=/repository "$@"
