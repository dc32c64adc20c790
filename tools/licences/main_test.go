package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const mit = `Copyright (c) 2026 The Authors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to
whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`

const gpl = `This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public
License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later version.

This program is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the implied warranty
of MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU General Public License for more details.
`

const proprietary = `Your company may use this software for ninety days. Afterwards every installation needs a paid key.`

func TestLicencesAreAllowedOrTheModuleIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		files   map[string]string
		want    []string
		problem string
	}{
		"allowed":                           {map[string]string{"LICENSE": mit}, []string{"MIT"}, ""},
		"spelt otherwise":                   {map[string]string{"Licence.md": mit}, []string{"MIT"}, ""},
		"none":                              {map[string]string{"README": mit}, nil, "no licence file"},
		"not allowed":                       {map[string]string{"COPYING": gpl}, nil, "GPL-3.0"},
		"unknown":                           {map[string]string{"LICENSE": proprietary}, nil, "no known licence"},
		"allowed, and one more":             {map[string]string{"LICENSE": mit, "LICENSE-EXTRA": proprietary}, nil, "LICENSE-EXTRA"},
		"another one beside a package":      {map[string]string{"LICENSE": mit, "linked/part/LICENSE": gpl}, nil, "GPL-3.0"},
		"another one above a package":       {map[string]string{"LICENSE": mit, "linked/LICENSE": gpl}, nil, "GPL-3.0"},
		"another one in what is not linked": {map[string]string{"LICENSE": mit, "cmd/LICENSE": gpl}, []string{"MIT"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			part := filepath.Join(dir, "linked", "part")
			for file, text := range tt.files {
				write(t, filepath.Join(dir, file), text)
			}
			write(t, filepath.Join(part, "part.go"), "package part\n")
			m := &module{Path: "example.com/m", Version: "v1.0.0", Dir: dir, packages: []string{part}}
			got, err := m.licences()
			if tt.problem == "" && (err != nil || !slices.Equal(got, tt.want)) {
				t.Errorf("licences are %q, %v; want %q", got, err, tt.want)
			}
			if tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)) {
				t.Errorf("the problem is %v, want %q", err, tt.problem)
			}
		})
	}
}

// A text that a person has judged passes in the module that it was judged in, and no
// other text in its place.
func TestAJudgementHoldsForOneTextOfOneModule(t *testing.T) {
	const logo = "https://commons.wikimedia.org/wiki/File:Memory_infra_logo.png\n"
	for _, tt := range []struct {
		module, text string
		passes       bool
	}{
		{"modernc.org/memory", logo, true},
		{"modernc.org/memory", proprietary, false},
		{"example.com/m", logo, false},
	} {
		m := &module{Path: tt.module}
		if _, err := m.read("LICENSE-LOGO", []byte(tt.text)); (err == nil) != tt.passes {
			t.Errorf("%s with %q: %v", tt.module, tt.text, err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
