#!/bin/sh
# release.sh FOLDER: builds all that a release publishes into FOLDER: the binaries of both
# architectures, their packages, the SBOM and the checksums.
#
# The same commit and the same Go make the same bytes: paths are trimmed, and every date is
# that of the commit. The version is the commit's tag, or a pseudo-version made of the
# commit's time and id; go build takes it from git and writes it into the binary.
set -eu
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
tool="go tool -modfile=tools/go.mod"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

rm -f "$out"/antom-checkout* "$out/SHA256SUMS"
for arch in ${ARCHITECTURES:-amd64 arm64}; do
	binary=$out/antom-checkout-linux-$arch
	CGO_ENABLED=0 GOOS=linux GOARCH=$arch go build -buildvcs=true -trimpath -ldflags='-s -w' -o "$binary" .
	version=$(go version -m "$binary" | awk '$1 == "mod" { print $3 }')
	case $version in
	v*) ;;
	*) echo 'git does not tell the version: make a release in a clone of the repository, not in a linked worktree' >&2; exit 1 ;;
	esac
	$tool cyclonedx-gomod bin -json -std -noserial -notimestamp -version "$version" -output "$binary.cdx.json" "$binary" 2>/dev/null
	for format in deb rpm; do
		BINARY=$binary ARCH=$arch VERSION=$version $tool nfpm package --config deploy/nfpm.yaml --packager $format --target "$out" >/dev/null
	done
done
cd "$out"
sha256sum antom-checkout* >SHA256SUMS
