// Command gallery shows every page in every state, without a shop behind it, for the
// people who review them. It is no part of the program.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"antom-checkout/views/samples"
)

func main() {
	addr := flag.String("addr", "localhost:8082", "address to listen on")
	flag.Parse()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("The gallery is at http://%s\n", listener.Addr())
	server := http.Server{Handler: samples.Gallery(), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}
