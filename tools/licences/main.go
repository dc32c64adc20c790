// Command licences lists the licence of every module that the binary links, and fails
// where one is missing, unreadable or not allowed. It reads the licence files in the
// module cache, so it needs no network.
//
//	go run ./licences ..
package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed are the licences that a merchant may take on unseen: each lets the binary be
// used, changed and passed on, and asks for no more than that its authors are named.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}

// recognised is how much of a file has to be the text of known licences, in percent. The
// rest is a title and the names of the authors.
const recognised = 80

func main() {
	log.SetFlags(0)
	log.SetPrefix("licences: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: licences DIRECTORY")
	}
	modules, err := linked(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	problems := 0
	for _, m := range modules {
		licences, err := m.licences()
		if err != nil {
			log.Printf("%s %s: %v", m.Path, m.Version, err)
			problems++
			continue
		}
		fmt.Printf("%s %s: %s\n", m.Path, m.Version, strings.Join(licences, ", "))
	}
	if problems > 0 {
		log.Fatalf("%d of %d modules have no allowed licence", problems, len(modules))
	}
	if len(modules) == 0 {
		log.Fatal("no module was found")
	}
}

// A module is one that the binary links, with the directories of its packages that are
// in the binary.
type module struct {
	Path, Version, Dir string
	Main               bool
	packages           []string
}

// linked are the modules of the program in dir, without its own.
func linked(dir string) ([]*module, error) {
	list := exec.Command("go", "list", "-deps", "-json=Dir,Module", ".")
	list.Dir = dir
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	modules := map[string]*module{}
	for rows := json.NewDecoder(strings.NewReader(string(out))); ; {
		var row struct {
			Dir    string
			Module *module // nil: the standard library
		}
		if err := rows.Decode(&row); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if row.Module == nil || row.Module.Main {
			continue
		}
		if modules[row.Module.Path] == nil {
			modules[row.Module.Path] = row.Module
		}
		m := modules[row.Module.Path]
		m.packages = append(m.packages, row.Dir)
	}
	return slices.SortedFunc(maps.Values(modules), func(a, b *module) int { return strings.Compare(a.Path, b.Path) }), nil
}

// licences are those of the module and of its linked packages: what a licence file in
// the directory of a package, or in one above it, names.
func (m *module) licences() ([]string, error) {
	var found []string
	var problems []error
	files := 0
	for _, dir := range m.directories() {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if entry.IsDir() || !isLicence.MatchString(entry.Name()) {
				continue
			}
			files++
			text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			if err != nil {
				return nil, err
			}
			named, err := m.read(entry.Name(), text)
			problems = append(problems, err)
			found = append(found, named...)
		}
	}
	if files == 0 {
		return nil, errors.New("it has no licence file")
	}
	slices.Sort(found)
	return slices.Compact(found), errors.Join(problems...)
}

// isLicence admits the names of licence files. A PATENTS file grants more and takes
// nothing away.
var isLicence = regexp.MustCompile(`(?i)^((un)?licen[cs]e|copying)`)

// directories are those of the linked packages and all above them in the module.
func (m *module) directories() []string {
	all := []string{m.Dir}
	for _, dir := range m.packages {
		for ; dir != m.Dir && strings.HasPrefix(dir, m.Dir); dir = filepath.Dir(dir) {
			all = append(all, dir)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// read names the licences of a file, if they are known and allowed.
func (m *module) read(file string, text []byte) ([]string, error) {
	hash := fmt.Sprintf("%x", sha256.Sum256(text))
	for _, j := range judged {
		if j.module == m.Path && j.file == file && j.sha256 == hash {
			return j.licences, nil
		}
	}
	coverage := licensecheck.Scan(text)
	if coverage.Percent < recognised {
		return nil, fmt.Errorf("%s (SHA-256 %s) holds a text that is no known licence: read it, and judge it in judged.go", file, hash)
	}
	var named []string
	for _, match := range coverage.Match {
		if !slices.Contains(allowed, match.ID) {
			return nil, fmt.Errorf("%s is %s, which is not allowed", file, match.ID)
		}
		named = append(named, match.ID)
	}
	return named, nil
}
