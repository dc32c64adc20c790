package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed *.css *.js *.svg methods/*.svg products/*.svg
var files embed.FS

// prefix is where Handler expects to be mounted.
const prefix = "/static/"

// types are listed here because the mime package reads tables of the machine and
// would answer differently from one host to the next.
var types = map[string]string{
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".webp": "image/webp",
}

// A File is served under the hash of its bytes.
type File struct {
	url         string
	contentType string
	body        []byte
	packed      []packing // the smallest first
}

// A packing is a file in one content coding, made on first use.
type packing struct {
	coding string
	body   func() []byte
}

// newFile minifies a file and hashes it. Compression takes longer and waits for the
// first request.
func newFile(folder, name string, body []byte) (*File, error) {
	ext := path.Ext(name)
	if types[ext] == "" {
		return nil, fmt.Errorf("no content type for %s", name)
	}
	body, err := minified(types[ext], body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	sum := sha256.Sum256(body)
	return &File{
		url:         folder + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext,
		contentType: types[ext],
		body:        body,
		packed: []packing{
			{"br", sync.OnceValue(func() []byte { return pack(body, brotliWriter) })},
			{"gzip", sync.OnceValue(func() []byte { return pack(body, gzipWriter) })},
		},
	}, nil
}

// embedded are the files of this package by their names and by their addresses,
// made ready on first use: commands that serve no page do not need them.
var embedded = sync.OnceValues(func() (byName, byURL map[string]*File) { return load(files) })

func load(files fs.FS) (byName, byURL map[string]*File) {
	byName, byURL = map[string]*File{}, map[string]*File{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		f, err := newFile(prefix, name, body)
		if err != nil {
			return err
		}
		byName[name], byURL[f.url] = f, f
		return nil
	})
	if err != nil {
		panic("static: " + err.Error()) // the files are compiled in: only a broken build panics
	}
	return byName, byURL
}

// minified is a style sheet or a script without comments and spaces: comments are a
// fifth of a file, even compressed.
func minified(contentType string, body []byte) ([]byte, error) {
	if contentType != types[".css"] && contentType != types[".js"] {
		return body, nil // pictures are small or belong to the merchant
	}
	return minifier.Bytes(contentType, body)
}

// language is the version of ECMAScript that the scripts are written in: what the oldest
// browsers know that Antom's document on its Web SDK names.
const language = 2017

var minifier = func() *minify.M {
	m := minify.New()
	m.AddFunc("text/css", css.Minify)
	m.Add("text/javascript", &js.Minifier{Version: language})
	return m
}()

// Both use the best compression, because each file is compressed once per process.
// The window of Brotli is as large as the file: a larger one would take tens of
// megabytes of tables.
func brotliWriter(w io.Writer, size int) io.WriteCloser {
	return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: max(10, bits.Len(uint(size)))})
}

func gzipWriter(w io.Writer, _ int) io.WriteCloser {
	packer, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		panic("static: " + err.Error()) // the level is a constant of the package
	}
	return packer
}

func pack(body []byte, writer func(w io.Writer, size int) io.WriteCloser) []byte {
	var buf bytes.Buffer
	w := writer(&buf, len(body))
	_, err := w.Write(body)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("static: " + err.Error()) // memory does not fail to be written
	}
	return buf.Bytes()
}

// URL is the address of the named file, such as /static/app.7c98040a.css for
// app.css. It panics on a name that is not embedded: a page that asks for one is
// a mistake to be found by the first test that renders it.
func URL(name string) string {
	byName, _ := embedded()
	f, ok := byName[name]
	if !ok {
		panic("static: no file named " + name)
	}
	return f.url
}

// Integrity is the hash of the named file as Subresource Integrity writes it. It
// panics as URL does.
func Integrity(name string) string {
	byName, _ := embedded()
	f, ok := byName[name]
	if !ok {
		panic("static: no file named " + name)
	}
	return f.Integrity()
}

// Integrity is the hash of the file as Subresource Integrity writes it.
func (f *File) Integrity() string {
	sum := sha512.Sum384(f.body)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Has reports whether the named file is embedded. It serves names that come from
// data: the picture of a product, the logo of a method.
func Has(name string) bool {
	byName, _ := embedded()
	_, ok := byName[name]
	return ok
}

// Handler serves the embedded files under the addresses that URL gives, and
// nothing else. Mount it at /static/ without stripping the prefix.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, byURL := embedded()
		f, ok := byURL[r.URL.Path]
		if !ok {
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Header().Set("Cache-Control", "no-store") // a later release may have it
			http.NotFound(w, r)
			return
		}
		f.ServeHTTP(w, r)
	})
}

// URL is the one address of this file.
func (f *File) URL() string { return f.url }

// ServeHTTP answers with the file, compressed if the client accepts that. The answer
// may be cached for ever, because other bytes have another address.
func (f *File) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Content-Type", f.contentType)
	header.Set("Vary", "Accept-Encoding")
	body := f.body
	accepted := r.Header.Get("Accept-Encoding")
	for _, p := range f.packed {
		if Accepts(accepted, p.coding) && len(p.body()) < len(body) {
			header.Set("Content-Encoding", p.coding)
			body = p.body()
			break
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that has closed the connection is no error
	}
}

// Accepts reports whether an Accept-Encoding header accepts a coding: "gzip;q=0"
// refuses it. The order of preference has no effect.
func Accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, weighted := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		quality, err := strconv.ParseFloat(q, 64)
		return !weighted || err == nil && quality > 0
	}
	return false
}
