package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"antom-checkout/checkout"
)

// Server is a mail server that takes letters by SMTP.
type Server struct {
	Host     string
	Port     int
	User     string // "": it asks for none
	Password string
	TLS      bool // from the first byte, port 465; otherwise by STARTTLS
}

// serverPatience is how long a server may keep us waiting.
const serverPatience = 15 * time.Second

// ParseServer reads smtp://user:password@host:587 or smtps://…:465. Its error
// holds nothing of the text, which has a password in it.
func ParseServer(text string) (*Server, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("not an address such as smtp://user:password@mail.example.com:587")
	}
	s := &Server{Host: u.Hostname(), User: u.User.Username(), TLS: u.Scheme == "smtps", Port: 587}
	s.Password, _ = u.User.Password()
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return nil, errors.New("neither smtp:// nor smtps://")
	case s.TLS:
		s.Port = 465
	}
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return nil, errors.New("no such port")
		}
	}
	return s, nil
}

// send hands a letter over. Once the server has taken it, no trouble in saying
// goodbye makes it one that has failed.
func (s *Server) send(ctx context.Context, m *gomail.Msg, _ checkout.Email) error {
	line := &line{}
	defer line.hangUp()
	client, err := gomail.NewClient(s.Host, s.options(line)...)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	defer client.CloseWithSMTPClient(connection) //nolint:errcheck // the server has answered what counts
	err = client.SendWithSMTPClient(connection, m)
	var refused *gomail.SendError
	switch {
	case err == nil, m.IsDelivered():
		return nil
	case errors.As(err, &refused) && refused.Reason == gomail.ErrSMTPRcptTo && aboutTheAddress(refused.Error()):
		return fmt.Errorf("%w: %w", checkout.ErrUndeliverable, err)
	}
	return fmt.Errorf("mail server: %w", err)
}

// enhancedCode finds the status of RFC 3463 in a refusal: after the reply's number, or
// as "(#5.1.1)". The library knows it only of servers that announce it.
var enhancedCode = regexp.MustCompile(`(?:\b5\d\d "?|\(#)5\.(\d{1,3})\.(\d{1,3})\b`)

// aboutTheAddress reports whether a refusal says that the recipient's address cannot
// be reached (5.1.x). All other refusals, and those without such a status, may be
// about the shop: relaying denied, a quota, a policy. So are 5.1.7 to 5.1.9, which are
// about the sender.
func aboutTheAddress(refusal string) bool {
	status := enhancedCode.FindStringSubmatch(refusal)
	return status != nil && status[1] == "1" && !slices.Contains([]string{"7", "8", "9"}, status[2])
}

// line is the connection of one letter. The library keeps it open when the
// server's greeting fails, and letters are tried for days.
type line struct{ net.Conn }

func (l *line) dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	l.Conn, err = new(net.Dialer).DialContext(ctx, network, address)
	return l.Conn, err
}

func (l *line) hangUp() {
	if l.Conn != nil {
		l.Close() //nolint:errcheck // mostly it is closed already
	}
}

// options: nothing leaves this machine in the clear.
func (s *Server) options(line *line) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(serverPatience), gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	if !s.TLS { // otherwise the library must dial by itself to know that the line is safe
		options = append(options, gomail.WithDialContextFunc(line.dial))
	}
	switch {
	case s.TLS:
		options = append(options, gomail.WithSSL())
	case s.Host == "localhost" || net.ParseIP(s.Host).IsLoopback():
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return options
}
