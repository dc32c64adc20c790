package mail_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/mail"
)

// A mailer without a server writes emails to a folder, where developers read them.
func Example() {
	folder, err := os.MkdirTemp("", "mail")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	mailer := mail.New(mail.Config{ShopName: "Plain Goods", From: "shop@example.com", Host: "pay.example.com", Folder: folder})
	if err := mailer.Mail(context.Background(), checkout.Email{
		ID: "0123456789abcdef01234567", Kind: checkout.EmailExpired, Link: "https://pay.example.com/orders/17/signature",
		Order: checkout.Order{
			Number: "AB2CD-EF3GH", Language: "en", Total: checkout.Money{Minor: 4200, Currency: "SGD"},
			CreatedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
			Buyer:     checkout.Buyer{Email: "ann@example.com", Name: "Ann Lee", Country: "SG"},
		},
	}); err != nil {
		log.Fatal(err)
	}

	emails, err := mail.Folder(folder).Emails()
	if err != nil {
		log.Fatal(err)
	}
	for _, email := range emails {
		fmt.Println(email.To, email.Subject)
	}
	// Output: <ann@example.com> This order has expired · Order AB2CD-EF3GH · Plain Goods
}
