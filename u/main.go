package main
import ("fmt";"unicode")
func main(){fmt.Println(unicode.Version)}
