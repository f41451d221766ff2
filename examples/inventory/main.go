// Command inventory lists all repositories and images of a public registry, with
// their sizes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

const about = `
Lists all repositories of your public registry with the number and total size of
their images: as a table, as JSON with every image, or as a chart.

Without flags it lists a few repositories of an emulator that it starts itself.`

func main() { demo.Main("inventory", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := demo.NewFlags("inventory", about)
	images := flags.Bool("images", false, "also list every image in the table")
	asJSON := flags.Bool("json", false, "print JSON instead of a table")
	plot := flags.String("plot", "", "also write a bar chart of the repositories' sizes to this `file`, ending in .svg or .png")
	parallel := flags.Int("parallel", 48, "how many repositories to list at a time, 1 to 1000")
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if *parallel < 1 || *parallel > 1000 {
		return demo.Usagef("-parallel %d: must be 1 to 1000", *parallel)
	}
	var draw drawing
	if *plot != "" {
		var err error
		if draw, err = drawFor(*plot); err != nil {
			return err
		}
		if err := demo.CheckWritable("plot", *plot); err != nil {
			return err
		}
	}
	service, err := flags.Connect(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	if service.Emulator != nil {
		if err := fill(ctx, service.Client); err != nil {
			return err
		}
	}

	show, finish := demo.Steps(stderr)
	inventory, err := take(ctx, patient(service.Client), *parallel, show)
	finish()
	if err != nil {
		return err
	}
	if draw != nil {
		if err := write(*plot, draw, inventory); err != nil {
			return fmt.Errorf("-plot: %w", err)
		}
		fmt.Fprintln(stderr, "wrote", *plot)
	}
	if *asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(inventory)
	}
	return printTable(stdout, inventory, *images)
}

func write(file string, draw drawing, inventory Inventory) error {
	picture, err := draw(newChart(inventory))
	if err != nil {
		return err
	}
	return os.WriteFile(file, picture, 0o644)
}
