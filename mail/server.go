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
	"github.com/wneessen/go-mail/smtp"

	"antom-checkout/checkout"
)

// Server is a mail server that accepts emails by SMTP.
type Server struct {
	Host     string
	Port     int
	User     string // "": the server requires none
	Password string
	TLS      bool // from the first byte, port 465; otherwise by STARTTLS
}

// serverTimeout bounds the wait for a server.
const serverTimeout = 15 * time.Second

// ParseServer reads smtp://user:password@host:587 or smtps://…:465. Its error
// holds nothing of the text, which has a password in it.
func ParseServer(text string) (*Server, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("not an address such as smtp://user:password@mail.example.com:587; in user and password @ is written %40, : %3A, / %2F, ? %3F, # %23 and % %25")
	}
	s := &Server{Host: u.Hostname(), User: u.User.Username(), TLS: u.Scheme == "smtps", Port: 587}
	s.Password, _ = u.User.Password()
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return nil, errors.New("the address must begin with smtp:// or smtps://")
	case s.TLS:
		s.Port = 465
	}
	if _, given := u.User.Password(); u.User != nil && !given {
		return nil, errors.New("a user without a password; write user:password@")
	}
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return nil, errors.New("the port must be from 1 to 65535")
		}
		if s.Port == 465 && !s.TLS {
			return nil, errors.New("port 465 speaks TLS from the first byte; write smtps://")
		}
	}
	return s, nil
}

// send delivers an email to the server. Once the server has accepted it, an error
// in closing the connection does not make it a failed one.
func (s *Server) send(ctx context.Context, message *gomail.Msg, _ string) error {
	conn := &connection{}
	defer conn.close()
	client, session, err := s.dial(ctx, conn)
	if err != nil {
		return err
	}
	defer client.CloseWithSMTPClient(session) //nolint:errcheck // the server has accepted or refused already
	err = client.SendWithSMTPClient(session, message)
	var refused *gomail.SendError
	switch {
	case err == nil, message.IsDelivered():
		return nil
	case errors.As(err, &refused) && refused.Reason == gomail.ErrSMTPRcptTo && aboutTheAddress(refused.Error()):
		return fmt.Errorf("%w: %w", checkout.ErrUndeliverable, err)
	}
	return fmt.Errorf("mail server: %w", err)
}

// Check connects to the server, encrypts and signs in as for an email, and sends none.
func (s *Server) Check(ctx context.Context) error {
	conn := &connection{}
	defer conn.close()
	client, session, err := s.dial(ctx, conn)
	if err != nil {
		return err
	}
	return client.CloseWithSMTPClient(session)
}

// dial opens a session with the server, signed in.
func (s *Server) dial(ctx context.Context, conn *connection) (*gomail.Client, *smtp.Client, error) {
	client, err := gomail.NewClient(s.Host, s.options(conn)...)
	if err != nil {
		return nil, nil, fmt.Errorf("mail server: %w", err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("mail server: %w", err)
	}
	return client, session, nil
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

// connection serves one email. The library leaves it open when the server's
// greeting fails; an email is retried for days, so each attempt closes its own.
type connection struct{ net.Conn }

func (c *connection) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var err error
	c.Conn, err = new(net.Dialer).DialContext(ctx, network, address)
	return c.Conn, err
}

func (c *connection) close() {
	if c.Conn != nil {
		_ = c.Close() // in most cases it is closed already
	}
}

// options require TLS for every server but one on this machine.
func (s *Server) options(conn *connection) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(serverTimeout), gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	if !s.TLS { // with TLS the library must dial itself to know that the connection is encrypted
		options = append(options, gomail.WithDialContextFunc(conn.dial))
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
