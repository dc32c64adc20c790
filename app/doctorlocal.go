package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"antom-checkout/checkout"
	"antom-checkout/db"
	"antom-checkout/handlers/web"
)

// This file holds what doctor examines on this machine: settings, database, disk, prices.

// settings tells of the warnings that serve logs, and of keys that cannot be used.
func (d *doctor) settings(c *check) {
	s := &d.Settings
	for _, w := range s.Warnings {
		c.warns("set "+w.Setting+" as its problem says, unless this is meant", "%s: %s", w.Setting, w.Text)
	}
	if s.Antom.ClientID != "" {
		mistaken, err := s.checkKeys()
		if err != nil {
			c.fails("copy the keys anew: the private key is the one that you made, ANTOM_PUBLIC_KEY is the one that Antom Dashboard shows", "%v", err)
		}
		if mistaken {
			c.fails("set ANTOM_PUBLIC_KEY to the public key that Antom Dashboard shows as Antom's",
				"ANTOM_PUBLIC_KEY belongs to ANTOM_PRIVATE_KEY: no answer and no notification of Antom's will verify")
		}
	}
	if s.CatalogFile != "" {
		if _, err := s.readCatalog(); err != nil {
			c.fails("correct the file, or name another one in CATALOG_FILE", "%v", err)
		}
	}
	c.sees("every setting can be taken")
}

// sessionKeys reads the keys that the server has made or was given.
func (d *doctor) sessionKeys(c *check) {
	var err error
	if d.keys, err = d.Settings.keysThatAre(); err != nil {
		c.fails("restore "+sessionKey+" from a backup, or set SESSION_KEY to the shop's", "%v", err)
	}
}

// database opens the store where it is there and up to date.
func (d *doctor) database(ctx context.Context, c *check) {
	path := db.Shown(d.Settings.Database)
	cure := "let the user of the server write " + path + " and its folder, or name another file in DATABASE_URL"
	if db.OnServer(d.Settings.Database) {
		cure = "see that the PostgreSQL server runs, and that the address and its user's rights in DATABASE_URL are right"
	}
	found, err := db.Examine(ctx, d.Settings.Database)
	switch {
	case errors.Is(err, db.ErrNewerSchema):
		c.fails("start the version of antom-checkout that made it, or restore a backup made before the upgrade", "%s: %v", path, err)
	case errors.Is(err, db.ErrForeignTables):
		c.fails("name an empty database in DATABASE_URL", "%s: %v", path, err)
	case errors.Is(err, db.ErrForeign):
		c.fails("name another file in DATABASE_URL", "%s: %v", path, err)
	case err != nil:
		c.fails(cure, "%s: %v", path, err)
	case found.Missing:
		c.sees("%s can be made; serve makes it", path)
	case !found.UpToDate():
		c.warns("make a backup, then start serve, which brings it up to date", "%s has schema %d, this program's is %d; what is in it was not examined", path, found.Schema, found.Known)
	default:
		if found.Standbys > 0 && !found.Confirmed {
			c.warns("name the standby in synchronous_standby_names on the server, unless this is meant",
				"%s has a standby and does not wait for it: when it takes over, what was acknowledged last may be lost", path)
		}
		if err := d.openStoreBeside(ctx); err != nil {
			d.Store = nil
			c.fails(cure, "%v", err)
		}
		c.sees("%s can be written; schema %d", path, found.Schema)
		d.wayToDatabase(ctx, c)
	}
}

const (
	leastDisk   = 64 << 20 // bytes below which SQLite is about to fail
	littleDisk  = 1 << 30
	diskCure    = "free space on that disk, or move the database to a larger one"
	mailDirCure = "let the user of the server write the folder, or name another one in MAIL_DIR"
)

// disk measures what is free beside the database, and where emails are written.
func (d *doctor) disk(c *check) {
	s := &d.Settings
	folder := existing(s.dataFolder())
	if free, err := freeBytes(folder); err != nil {
		c.warns("look at the disk", "how much is free at %s is not known: %v", folder, err)
	} else {
		tellFree(c, folder, free)
	}
	if s.SMTPURL.Empty() {
		if err := db.CheckFolder(s.mailFolder()); err != nil {
			c.warns(mailDirCure, "no email can be written: %v", err)
		}
	}
}

func tellFree(c *check, folder string, free uint64) {
	switch {
	case free < leastDisk:
		c.fails(diskCure, "%d MiB are free at %s: orders and notifications cannot be stored for long", free>>20, folder)
	case free < littleDisk:
		c.warns(diskCure, "%d MiB are free at %s", free>>20, folder)
	}
	c.sees("%d MiB are free at %s", free>>20, folder)
}

// existing is the folder, or where it is missing, the nearest one above it.
func existing(folder string) string {
	for {
		if _, err := os.Stat(folder); err == nil || filepath.Dir(folder) == folder {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}

// freeBytes is what a user without privileges may still write.
func freeBytes(folder string) (uint64, error) {
	var at syscall.Statfs_t
	if err := syscall.Statfs(folder, &at); err != nil {
		return 0, err
	}
	return at.Bavail * uint64(at.Bsize), nil // #nosec G115 -- a block has no negative size
}

// mode compares the account with the rest: test or live.
func (d *doctor) mode(ctx context.Context, c *check) {
	s := &d.Settings
	live, account := s.LiveMode(), s.Antom.ClientID
	public := s.PublicURL != nil && !web.IsLoopback(s.PublicURL)
	switch {
	case live && !s.atAntom():
		c.fails("set ANTOM_URL to the gateway of your region", "%s is a live account, and ANTOM_URL (%s) is this machine: no money moves", clientID, s.Antom.BaseURL)
	case !live && public && account == "":
		c.warns("give the account in ANTOM_CLIENT_ID when the shop is to take money", "the embedded sandbox serves at %s: payments are practice", s.PublicURL)
	case !live && public:
		c.warns("give the live client id and its keys when the shop is to take money", "%s is a test account, and the shop is public: payments are practice", account)
	}
	if foreign := d.keysOfOtherMode(ctx); foreign > 0 {
		c.warns("make keys of this mode: antom-checkout keys create", "%s for the other mode, and open nothing now", plural(foreign, "API key is", "API keys are"))
	}
	switch {
	case account == "":
		c.sees("practice: the embedded sandbox")
	case live:
		c.sees("live: real money")
	default:
		c.sees("test: an account of Antom's sandbox")
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// keysOfOtherMode counts the valid API keys that this mode does not take.
func (d *doctor) keysOfOtherMode(ctx context.Context) (n int) {
	if d.Store == nil {
		return 0
	}
	keys, err := d.Store.APIKeys(ctx)
	if err != nil {
		return 0
	}
	for _, key := range keys {
		if key.Valid() && key.RealMoney != d.Settings.LiveMode() {
			n++
		}
	}
	return n
}

// currency looks at the prices, and returns one that Antom can be asked about.
func (d *doctor) currency(ctx context.Context, c *check) (sample checkout.Money) {
	in := d.Settings.Shop.Currency
	sample = checkout.Money{Minor: 50, Currency: in}
	for range in.Exponent() {
		sample.Minor *= 10
	}
	products := d.products(ctx)
	decimals := plural(in.Exponent(), "decimal", "decimals")
	if len(products) == 0 {
		c.sees("%s has %s: minor units of %d are %s", in, decimals, sample.Minor, amountText(sample))
		return sample
	}
	slices.SortFunc(products, func(a, b checkout.Product) int { return int(min(1, max(-1, a.Price.Minor-b.Price.Minor))) })
	for _, p := range products {
		if !p.Price.Payable() {
			c.fails("correct the price in the catalogue", "%s costs %s, which Antom does not take: a price is above zero, and in IDR whole rupiah (its last two digits are 00)", p.SKU, amountText(p.Price))
		}
	}
	cheapest, dearest := products[0].Price, products[len(products)-1].Price
	c.sees("%s has %s; the prices go from %s to %s (%d to %d minor units)", in, decimals, amountText(cheapest), amountText(dearest), cheapest.Minor, dearest.Minor)
	if middle := products[len(products)/2].Price; middle.Payable() {
		return middle
	}
	return sample
}

// products are those that will be sold: of the file, or of the database.
func (d *doctor) products(ctx context.Context) []checkout.Product {
	products, err := d.Settings.readCatalog() // settings has told of an error
	if err == nil && len(products) == 0 && d.Store != nil {
		products, _ = d.Store.Products(ctx, d.Settings.Shop.Currency) // database has told of an error
	}
	return products
}

// takeAddresses takes ADDR for the time of the examination, or finds that a server has it.
// Without a server it looks whether the other addresses are free, too.
func (d *doctor) takeAddresses(c *check) {
	s := &d.Settings
	switch listener, err := net.Listen("tcp", s.Addr); {
	case errors.Is(err, syscall.EADDRINUSE):
		d.running = true
		s.publicFromAddr()
		return
	case err != nil:
		s.publicFromAddr()
		c.fails("name an address of this machine in ADDR, with a port that the user of the server may use", "serve cannot listen on ADDR: %v", err)
		return
	default:
		d.listener = listener
		if s.PublicURL == nil {
			s.PublicURL = localURL(s.Addr, listener)
		}
	}
	others := map[string]string{"METRICS_ADDR": s.MetricsAddr}
	if s.Antom.ClientID == "" {
		others["SANDBOX_ADDR"] = s.SandboxAddr
	}
	for name, address := range others {
		if address == "" {
			continue
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			c.fails("end the program that has it, or name another address in "+name, "serve cannot listen on %s: %v", name, err)
			continue
		}
		_ = listener.Close() // serve listens there later
	}
}
