// Prints the ids of all products with net/http.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	key := os.Args[1]
	shard := key[strings.LastIndex(key, "-")+1:]
	url := "https://api." + shard + ".cliniko.com/v1/products?per_page=20"
	for url != "" {
		request, _ := http.NewRequest("GET", url, nil)
		request.SetBasicAuth(key, "")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		var page struct {
			Products []struct{ Id string }
			Links    struct{ Next string }
		}
		json.NewDecoder(answer.Body).Decode(&page)
		answer.Body.Close()
		for _, product := range page.Products {
			fmt.Println(product.Id)
		}
		url = page.Links.Next
	}
}
