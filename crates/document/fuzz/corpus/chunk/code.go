go
package x
func main() { y() }
