// Package examples holds a small shop each in Go, Node, PHP and Python, which take their
// money through antom-checkout. Its tests start every one of them and buy from it.
package examples
