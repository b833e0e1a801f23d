# `make` alone lists what one can do. Each target is one command of Maven or of the launcher, which may as well be typed.
MVN ?= ./mvnw
MVN_FLAGS ?= -B -ntp

.DEFAULT_GOAL := help
.PHONY: help build test verify full format demo bench release pictures clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## compiles and packages everything, no tests
	$(MVN) $(MVN_FLAGS) package -DskipTests

test: ## unit tests: no servers
	$(MVN) $(MVN_FLAGS) test

verify: ## and everything with a real Kafka, Postgres and Delta
	$(MVN) $(MVN_FLAGS) verify

full: ## and the tests that take long
	$(MVN) $(MVN_FLAGS) verify -Pfull

format: ## mends the formatting, of which the build is particular
	$(MVN) $(MVN_FLAGS) spotless:apply

demo: ## everything embedded, live, with a page at http://localhost:8090
	./medallion demo

bench: ## how fast each layer takes a backlog on this machine
	./medallion bench drain

release: ## the archive, its bill of materials and checksums in tools/release/target; jars for Maven Central
	$(MVN) $(MVN_FLAGS) package -Prelease -DskipTests

pictures: ## the README's pictures, of a demo that runs for five minutes; needs chromedriver
	MVN="$(MVN)" tools/release/pictures

clean: ## removes what was built; data stays
	$(MVN) $(MVN_FLAGS) clean
