// Package mail writes letters to buyers in their own language and hands them to a
// mail server, or puts them into a folder where there is none. What a letter says
// is views' to know, when one is due is checkout's.
//
//	office, err := mail.New(mail.Config{ShopName: "Plain Goods", From: "shop@example.com", Server: server})
//	err = office.Mail(ctx, letter)
package mail
