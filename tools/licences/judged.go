package main

// A judgement is of a licence file that a person has read, because no program knows its
// text. It holds for this text alone: a text that changes has to be read again.
type judgement struct {
	module, file, sha256 string
	licences             []string
	reason               string
}

var judged = []judgement{
	{
		module: "modernc.org/libc", file: "LICENSE-3RD-PARTY.md",
		sha256:   "f597097efe3d97021f89170746bd3a0fb9a8b6fb26b82043ed68a4e0283bee6c",
		licences: []string{"BSD-3-Clause", "MIT"},
		reason:   "Go, musl, go-netdb and nixpkgs, each with its own text; the parts of musl have terms as free as MIT",
	},
	{
		module: "modernc.org/memory", file: "LICENSE-LOGO",
		sha256: "5ae5bee3072a841376451b48d8cfcec7188e10543926d5870828d36c8a750dc5",
		reason: "names the source of a picture, which is not in the binary",
	},
	{
		module: "modernc.org/sqlite", file: "LICENSE-3RD-PARTY.md",
		sha256:   "b4366b9c27a9364633e015011a231913ed19bf1228f335bf617e50a6f7b168a6",
		licences: []string{"BSD-3-Clause", "MIT", "public domain"},
		reason:   "section 1 lists what is linked; MPL-2.0 stands in section 3, compiled into nothing",
	},
	{
		module: "modernc.org/sqlite", file: "LICENSE-SQLITE",
		sha256:   "8438c9c89b849131ead81d5435cb97fcf052df5b0b286dda8a2d4c29e6cb3fd0",
		licences: []string{"public domain"},
		reason:   "the dedication of SQLite's authors",
	},
}
