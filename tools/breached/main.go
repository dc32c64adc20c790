// Command breached makes the list of passwords that the dashboard refuses because they have
// been in breaches, out of a list with a password a line, the most common first:
//
//	go -C tools run ./breached LIST > checkout/operators/breached.bin
//
// It keeps the passwords that are as long as the dashboard takes them, and of the shorter ones
// those that people make longer by digits, among the first of the list. Of each, in lower
// case, it writes the first bytes of the SHA-256, in order, so that the file is searched as it
// is. The present one was made from the million most common of the list of ten million
// passwords in SecLists (github.com/danielmiessler/SecLists; MIT, Copyright (c) 2025 Daniel
// Miessler), and holds none of its text.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	leastLength = 12    // operators.MinPassword
	first       = 10000 // so many passwords are kept that are shorter
	leastShort  = 4     // characters of those
	size        = 6     // bytes of a hash that are kept
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "breached: give the path of a list with a password a line")
		os.Exit(2)
	}
	if err := write(os.Stdout, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "breached:", err)
		os.Exit(1)
	}
}

func write(out io.Writer, path string) error {
	file, err := os.Open(path) // #nosec G304 -- the command's argument names it
	if err != nil {
		return err
	}
	defer file.Close() // it was only read
	var all [][]byte
	line := 0
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		password := strings.ToLower(strings.TrimRight(lines.Text(), "\r"))
		line++
		if n := utf8.RuneCountInString(password); n >= leastLength || n >= leastShort && line <= first {
			sum := sha256.Sum256([]byte(password))
			all = append(all, sum[:size])
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	slices.SortFunc(all, bytes.Compare)
	_, err = out.Write(bytes.Join(slices.CompactFunc(all, bytes.Equal), nil))
	return err
}
