package app

import (
	"context"
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"
)

// command is one row: what an operator types and what happens. The manual and
// the README's table are made from it.
type command struct {
	name     string
	synopsis string // what follows the name
	summary  string // one line
	help     string // what "-h" says beside it
	settings func(env string) bool
	run      func(context.Context, *line) error
}

func everySetting(string) bool { return true }

func noSetting(string) bool { return false }

func onlySettings(names ...string) func(string) bool {
	return func(env string) bool { return slices.Contains(names, env) }
}

// commands lists them in the order an operator meets them.
func commands() []command {
	return []command{
		{name: "serve", settings: everySetting, run: serve,
			summary: "the shop and its checkout; the default"},
		{name: "demo", settings: everySetting, run: demo,
			summary: "`serve` with its sandbox at this machine's address on the local network, which is printed as a QR code for a phone"},
		{name: "sandbox", synopsis: "[reports] [--day DAY] [--out FOLDER] [--generation N]", settings: onlySettings("SANDBOX_ADDR", "SANDBOX_TLS", "ALLOWED_HOSTS", "DEVELOPER_NETWORKS", "LOG_FORMAT", "LOG_LEVEL"), run: serveSandbox,
			summary: "only the local Antom, for any shop and any Antom SDK; `reports` writes the reconciliation reports of a day of the one that runs", help: sandboxHelp},
		{name: "admin", synopsis: "ACTION --order ORDER --key KEY [--amount MINOR] [--anyway] [--json]", settings: everySetting, run: administer,
			summary: "capture, refund, cancel or accept an order; repeating a command with the same key does nothing new. `charge` has a saved card (`--card ID`) pay `--amount MINOR` without its buyer. `export` and `erase` of `--order ORDER` or `--email ADDRESS` show and erase what is stored about a buyer", help: adminHelp},
		{name: "show", synopsis: "ORDER [--json]", settings: everySetting, run: show,
			summary: "an order with its payments, cards, operations and history, after asking Antom how its payments stand", help: showHelp},
		{name: "orders", synopsis: "[--status S] [--waiting] [--json]", settings: everySetting, run: listOrders,
			summary: "orders, newest first: all, those with a status, or those that wait for a person", help: ordersHelp},
		{name: "proof", synopsis: "ORDER", settings: everySetting, run: prove,
			summary: "all that has happened to an order, with the messages that Antom has signed about it, as a file", help: proofHelp},
		{name: "verify", synopsis: "FILE --antom-public-key FILE [--json]", settings: noSetting, run: verifyProof,
			summary: "verify a file of `proof` with Antom's public key and nothing else; exit code 1 when anything in it is wrong", help: verifyHelp},
		{name: "dispute", synopsis: "ACTION --order ORDER [--dispute ID] [--file FILE] [--key KEY] [--yes]", settings: everySetting, run: dispute,
			summary: "`accept` a dispute, `defend` it with a document, or download Antom's `form` for that or the `evidence` that was sent", help: disputeHelp},
		{name: "keys", synopsis: "ACTION [ID] [--name N] [--scopes S] [--json]", settings: everySetting, run: apiKeys,
			summary: "`create`, `list` or `revoke` the keys of the merchant API; a new one is shown once", help: keysHelp},
		{name: "operators", synopsis: "ACTION [EMAIL] [--role R] [--name N] [--json]", settings: everySetting, run: manage,
			summary: "the people of the dashboard: `invite`, `list`, `role`, `disable`, `enable`, `reset` (password and second factor), `sessions` (ends them)", help: operatorsHelp},
		{name: "emails", synopsis: "resend [--order ORDER] [--dead]", settings: everySetting, run: resendEmails,
			summary: "send emails again that were given up: those of an order, or all", help: emailsHelp},
		{name: "endpoints", synopsis: "ACTION [ENDPOINT] [--json]", settings: everySetting, run: endpoints,
			summary: "`list`, `create`, `on`, `off`, `rotate`, `test` and `delete` webhook endpoints", help: endpointsHelp},
		{name: "events", synopsis: "ACTION [EVENT] [--type T] [--order ORDER] [--json] [--since TIME] [--dead] [--endpoint ID]", settings: everySetting, run: events,
			summary: "`list` events, all or those of a type or an order; `redeliver` one to the webhook endpoints again, all since a time, or all that was given up", help: eventsHelp},
		{name: "links", synopsis: "ACTION [ID] [--name N] [--sku SKU] [--amount MINOR] [--max-uses N] [--expires-in DURATION] [--json]", settings: everySetting, run: links,
			summary: "payment links: `list` them, `create` one, switch one `on` or `off`", help: linksHelp},
		{name: "reconcile", synopsis: "[FILE...] [--inquire DAY] [--amounts UNIT] [--all] [--note TEXT] [--json]", settings: everySetting, run: reconcile,
			summary: "compare Antom's reports, or its answers about the payments of a day, with the orders; `list` and `resolve` what differs. Exit code 1 says that something differs", help: reconcileHelp},
		{name: "stock", synopsis: "SKU [PIECES]", settings: everySetting, run: stock,
			summary: "how many pieces of a product there are; with `PIECES`, there are so many now", help: stockHelp},
		{name: "backup", synopsis: "FILE", settings: everySetting, run: backup,
			summary: "a consistent copy of the database with the keys that the program has made, beside a running server"},
		{name: "restore", synopsis: "FILE", settings: everySetting, run: restore,
			summary: "put a backup in the place of the database; the files that were there are set aside", help: restoreHelp},
		{name: "audit", settings: everySetting, run: audit,
			summary: "all rows about money as JSON lines; works beside a running server"},
		{name: "migrate", synopsis: "[--from FILE] [--to ADDRESS]", settings: everySetting, run: migrate,
			summary: "bring the database up to date (`serve` does so too); with `--from`, transfer a shop from an SQLite file to an empty PostgreSQL database, and compare all rows", help: migrateHelp},
		{name: "page-inventory", synopsis: "[--json]", settings: everySetting, run: takeInventory,
			summary: "every script, style, frame and host of the pay page with these settings: origin, hash and reason (PCI DSS 6.4.3)"},
		{name: "doctor", synopsis: "[--json]", settings: everySetting, run: examine,
			summary: "examine whether payments can work: settings, keys, public address, Antom, clock, mail server, webhook endpoints, disk, database; each finding names the cure, and exit code 1 says that something would stop a payment", help: doctorHelp},
		{name: "ready", settings: onlySettings("ADDR"), run: ready,
			summary: "whether the server on this machine is ready to take payments, by its `/readyz`; exit code 1 when it is not", help: readyHelp},
		{name: "version", settings: noSetting, run: printVersion,
			summary: "which build this is"},
		{name: "help", synopsis: "[COMMAND]", settings: noSetting, run: help,
			summary: "this list, or the flags of a command"},
	}
}

func commandCalled(name string) *command {
	all := commands()
	if i := slices.IndexFunc(all, func(c command) bool { return c.name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// rows are the settings that the command takes; they fill s.
func (c *command) rows(s *Settings) []setting {
	return slices.DeleteFunc(s.rows(), func(row setting) bool { return !c.settings(row.env) })
}

// takes is how many arguments there are: those of the synopsis before its flags, of
// which those in brackets are optional and those with dots may be repeated.
func (c *command) takes() (least, most int) {
	for word := range strings.FieldsSeq(c.synopsis) {
		if strings.HasPrefix(strings.TrimPrefix(word, "["), "-") {
			break
		}
		if most++; !strings.HasPrefix(word, "[") {
			least++
		}
		if strings.Contains(word, "...") {
			most = math.MaxInt
		}
	}
	return least, most
}

func (c *command) usage() string {
	words := []string{"usage: antom-checkout", c.name}
	if c.synopsis != "" {
		words = append(words, c.synopsis)
	}
	if c.settings("ADDR") || c.settings("SANDBOX_ADDR") {
		words = append(words, "[FLAG ...]")
	}
	return strings.Join(words, " ")
}

// help prints the manual, or that of one command.
func help(ctx context.Context, l *line) error {
	if _, err := l.load(); err != nil {
		return err
	}
	if len(l.arguments) == 0 {
		_, err := fmt.Fprint(l.stdout, manual())
		return err
	}
	return run(ctx, []string{l.arguments[0], "-h"}, l.getenv, l.stdout, l.stderr)
}

// manual lists the commands.
func manual() string {
	var b strings.Builder
	b.WriteString("usage: antom-checkout [COMMAND] [FLAG ...]\n\ncommands:\n")
	for _, c := range commands() {
		entry(&b, c.name, c.summary)
	}
	b.WriteString("\n\"antom-checkout COMMAND -h\" lists a command's flags and settings.\nExit codes: 0 fine, 1 failed, 2 wrong usage or settings.\n")
	return b.String()
}

// manual describes one command with its flags, of which the settings come last.
func (c *command) manual(flags *flag.FlagSet) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", c.usage())
	wrapped(&b, "", plain(c.summary))
	if c.help != "" {
		fmt.Fprintf(&b, "\n%s", c.help)
	}
	rows := c.rows(&Settings{})
	setByRow := map[string]bool{}
	for _, row := range rows {
		setByRow[flagName(row.env)], setByRow[flagName(row.env+"_FILE")] = true, true
	}
	title := "\nflags:\n"
	flags.VisitAll(func(f *flag.Flag) {
		if !setByRow[f.Name] {
			b.WriteString(title)
			title = ""
			entry(&b, "--"+f.Name, f.Usage)
		}
	})
	if len(rows) > 0 {
		b.WriteString("\nsettings, each by its flag or from the environment:\n")
	}
	for _, row := range rows {
		summary := row.summary
		if row.byDefault() != "" {
			summary += " (default " + row.byDefault() + ")"
		}
		entry(&b, "--"+flagName(row.env)+", "+row.env, summary)
		if row.into.secret {
			entry(&b, "--"+flagName(row.env+"_FILE")+", "+row.env+"_FILE", "file that contains it")
		}
	}
	return b.String()
}

// byDefault is what an unset setting is, in Markdown.
func (row setting) byDefault() string {
	if row.shown == "" && row.fallback != "" {
		return "`" + row.fallback + "`"
	}
	return row.shown
}

// plain is a summary without its marks of Markdown.
func plain(markdown string) string { return strings.ReplaceAll(markdown, "`", "") }

// entry writes a name and, below it, what it is.
func entry(b *strings.Builder, name, summary string) {
	fmt.Fprintf(b, "  %s\n", name)
	wrapped(b, "      ", plain(summary))
}

// wrapped writes a text in lines of 80 columns or less.
func wrapped(b *strings.Builder, margin, text string) {
	line := margin
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case len(line)+1+len(word) > 80:
			b.WriteString(line + "\n")
			line = margin + word
		default:
			line += " " + word
		}
	}
	b.WriteString(line + "\n")
}
