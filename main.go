// Command antom-checkout is a hosted checkout for merchants on Antom: a small
// shop, its pay pages, and everything between them and Antom's gateway.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"antom-checkout/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := app.Run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
