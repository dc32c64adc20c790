# "make" alone lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run demo build gallery generate check supply sbom quick test fuzz prove lighthouse bench clean release installs browser needs interpreters compiler openapi deployed

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## build and run the shop with its sandbox; nothing else is needed
	go run . serve

demo: ## the same for a phone on the local network: prints the shop's address as a QR code
	go run . demo

build: ## build bin/antom-checkout
	CGO_ENABLED=0 go build -trimpath -o bin/antom-checkout .

release: ## bin/release: binaries for amd64 and arm64, .deb, .rpm, SBOM, checksums
	sh deploy/release.sh bin/release

gallery: ## every page in every state on http://localhost:8082
	go run ./views/gallery

generate: ## make the templ pages and the Go client's operations anew
	go tool templ generate -log-level error
	$(TOOL) oapi-codegen -config client/generate.yaml docs/openapi.json

check: ## format, vet, staticcheck, generated files and modules up to date
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'not formatted: run gofmt -w .'; exit 1; }
	go vet ./...
	go vet -tags bench ./...
	$(TOOL) staticcheck ./...
	@before=$$(cat $(GENERATED) | cksum); $(MAKE) -s generate; \
		test "$$before" = "$$(cat $(GENERATED) | cksum)" || { echo 'pages or the Go client were not generated anew: commit them'; exit 1; }
	go mod tidy -diff
	go -C tools mod tidy -diff

GENERATED = views/*_templ.go views/desk/*_templ.go client/api.gen.go

# A checker of the version in tools/go.mod, so that the program's own go.mod stays small.
TOOL = go tool -modfile=tools/go.mod

supply: sbom ## what the program is made of: known vulnerabilities, unsafe code, licences, SBOM
	go mod verify
	go -C tools mod verify
	go -C tools vet ./...
	go -C tools test ./...
	sh tools/vulnerabilities.sh
	$(TOOL) gosec -quiet -exclude-dir=tools ./...
	go -C tools run ./licences ..

sbom: build ## bin/antom-checkout.cdx.json: every module in the binary (CycloneDX)
	$(TOOL) cyclonedx-gomod bin -json -std -version "$$(git describe --always --dirty)" \
		-output bin/antom-checkout.cdx.json bin/antom-checkout

# Packages whose tests need no browser, no disk of their own and no second process.
QUICK = ./checkout/... ./antom ./app ./static ./views ./mail

quick: ## a first answer within two minutes: vet, rules, client, settings and pages
	go vet ./...
	go test $(QUICK)

# The race detector watches memory that Go manages. SQLite is C translated into Go and its
# memory is mapped beside Go's, so watching each of its accesses finds nothing and takes two
# fifths of the time. What this program and database/sql do with it is watched as before.
RACE = -race -gcflags=modernc.org/...=-race=false

# make check has vetted all packages. The handlers take longest and begin first, so that the
# others run beside them. The proofs run twice: a few cases of each under the race detector,
# all of the short ones without it (proof/race_test.go).
test: compiler browser needs interpreters openapi deployed ## everything, the journeys in a real browser included, and the short proofs
	go test $(RACE) -vet=off -shuffle=on -timeout 30m ./handlers $$(go list ./... | grep -v /e2e)
	go test -vet=off -shuffle=on -timeout 20m ./e2e
	RAPID_CHECKS=10000 RAPID_STEPS=50 go test -vet=off -shuffle=on -timeout 20m ./checkout ./proof
	RAPID_CHECKS=1000 go test -vet=off -timeout 20m ./handlers -run WhateverIsPosted

fuzz: ## the fuzz targets, 100,000 executions each
	sh antom/testdata/fuzz.sh
	go test ./handlers/api -run '^$$' -fuzz FuzzPointers -fuzztime 100000x
	go test ./handlers/api -run '^$$' -fuzz FuzzBodies -fuzztime 100000x
	go test ./antom/reports -run '^$$' -fuzz FuzzRead -fuzztime 100000x

prove: needs installs ## the full proofs: simulation, crashes, power cuts; see PROOF.md
	RAPID_CHECKS=100000 RAPID_STEPS=50 go test -timeout 3h -v ./checkout -run "NoSequence|FollowsWhat"
	go test -timeout 6h -v ./proof -args -seeds 20000 -cycles 1000 -cuts 400 -hunts 200 -deliveries 300 -keys 200 -backlog 10000 -serverstories 100 -serverfaults 1200 -failovers 20 -longsilence

installs: ## two releases compared, the packages in a Debian of their own, a replica by Litestream (root, network)
	sh deploy/needs.sh packages
	go test -timeout 1h -v ./deploy -run 'TwoReleases|ThePackage|TheImage' -args -install
	GOBIN=$(CURDIR)/bin go install github.com/benbjohnson/litestream/cmd/litestream@v0.5.18
	go test -timeout 1h -v ./proof -run AReplica -args -litestream $(CURDIR)/bin/litestream

lighthouse: build ## Lighthouse on cart, pay and order page; needs node and its network once
	cd e2e/lighthouse && npm ci --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null && \
		CHROME_PATH=$${CHROME_PATH:-$$(command -v chromium || command -v google-chrome)} node run.mjs ../../bin/antom-checkout

bench: ## figures as ratios; see BENCH.md (2 GB of disk, some minutes)
	go test ./db -run '^$$' -bench Store -benchtime 9x
	go test ./handlers -run '^$$' -bench . -benchtime 5x
	go test -tags bench -run '^$$' -bench . -benchtime 3x -timeout 30m ./app
	go test ./antom -run '^$$' -bench . -count 5
	go test ./checkout/operators -run '^$$' -bench SignIn -benchtime 50x

compiler:
	@command -v "$$(go env CC)" >/dev/null || sh tools/install.sh gcc 'the race detector' || \
		{ echo 'the race detector needs a C compiler: install gcc and run this again' >&2; exit 1; }

openapi:
	@sh e2e/openapi/lint.sh

browser:
	@sh e2e/browser.sh

needs:
	@sh proof/needs.sh

deployed:
	@sh deploy/needs.sh

interpreters:
	@sh examples/needs.sh

clean: ## remove the build and the local data
	rm -rf bin data
