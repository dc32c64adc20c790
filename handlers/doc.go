// Package handlers is the HTTP of the shop: it parses a request, calls a
// service, and renders a page of package views or answers JSON. A file per step
// of the buyer's journey; all routes stand in routes.go.
//
// It decides nothing about orders or money and has no state but the buyer's
// session cookie.
package handlers
