// Package app is the whole program: its commands, its settings, and the one way
// to put store, gateway, service and pages together. It alone knows all other
// packages; only main and tests of the whole program import it.
//
//	settings, err := app.Load(args, getenv)
//	program, err := app.Build(ctx, settings, app.Outside{})
//	defer program.Close()
//	err = program.Serve(ctx)
//
// A command is a row in commands.go, a setting is a row in settings.go; the
// manual and the tables of the README are made from these rows.
package app
