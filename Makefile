# "make" alone lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run build generate check test bench fuzz clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## build and run the shop with its sandbox; nothing else is needed
	go run . serve

build: ## build bin/antom-checkout
	CGO_ENABLED=0 go build -trimpath -o bin/antom-checkout .

generate: ## make the templ pages anew
	go tool templ generate

check: ## format, vet, staticcheck, generated files up to date
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'not formatted: run gofmt -w .'; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	@before=$$(cat views/*_templ.go | cksum); go tool templ generate -log-level error; \
		test "$$before" = "$$(cat views/*_templ.go | cksum)" || { echo 'generated pages were not up to date: commit them'; exit 1; }
	go mod tidy -diff

test: chromium ## everything, the journeys in a real browser included
	go test -race -shuffle=on ./...

.PHONY: chromium
chromium:
	@sh e2e/browser.sh

clean: ## remove the build and the local data
	rm -rf bin data
