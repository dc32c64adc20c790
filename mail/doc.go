// Package mail writes emails to buyers in their own language. It sends them
// through a mail server, or writes them to a folder where no server is set. The
// package views knows what an email says; the package checkout knows when one is
// due.
package mail
