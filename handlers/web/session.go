package web

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"
)

// Sessions keeps one value per browser, as JSON in an encrypted cookie.
type Sessions[T any] struct {
	cookies *sessions.CookieStore
	name    string
}

// How long a cookie is kept after it was last written: browsers keep none for longer than
// 400 days.
const (
	SessionDays = 30
	BuyerDays   = 400
)

// NewSessions takes keys of 64 bytes: 32 to authenticate, 32 to encrypt the cookie. The
// first one writes; what any of them has written is read.
func NewSessions[T any](name string, days int, https bool, keys ...[]byte) *Sessions[T] {
	var pairs [][]byte
	for _, key := range keys {
		pairs = append(pairs, key[:32], key[32:])
	}
	cookies := sessions.NewCookieStore(pairs...)
	cookies.Options = &sessions.Options{
		Path: "/", MaxAge: days * 86400, HttpOnly: true, Secure: https,
		// Lax, because with Strict the cookie is missing when Antom returns the buyer.
		SameSite: http.SameSiteLaxMode,
	}
	cookies.MaxAge(days * 86400)
	for _, codec := range cookies.Codecs {
		codec.(*securecookie.SecureCookie).SetSerializer(serializer[T]{})
	}
	if https {
		name = "__Host-" + name // no other host of the domain can set it
	}
	return &Sessions[T]{cookies: cookies, name: name}
}

// Get reads the request's session, or answers nil. A cookie that is damaged, forged
// or too old is none.
func (s *Sessions[T]) Get(c echo.Context) *T {
	session, err := s.cookies.Get(c.Request(), s.name)
	if err != nil {
		return nil
	}
	value, _ := session.Values[sessionValue].(*T)
	return value
}

// Save writes the cookie.
func (s *Sessions[T]) Save(c echo.Context, value *T) error {
	session, _ := s.cookies.Get(c.Request(), s.name) // an error means a new session, which is what is saved
	session.Values[sessionValue] = value
	if err := s.cookies.Save(c.Request(), c.Response(), session); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

const sessionValue = "value"

// serializer writes JSON, which takes a quarter of the time that gorilla's gob does.
type serializer[T any] struct{}

// Serialize implements securecookie.Serializer.
func (serializer[T]) Serialize(src any) ([]byte, error) {
	return json.Marshal(src.(map[any]any)[sessionValue])
}

// Deserialize implements securecookie.Serializer.
func (serializer[T]) Deserialize(text []byte, dst any) error {
	value := new(T)
	if err := json.Unmarshal(text, value); err != nil {
		return err
	}
	(*dst.(*map[any]any))[sessionValue] = value
	return nil
}
