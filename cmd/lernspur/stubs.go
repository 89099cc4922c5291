package main

import "github.com/spf13/cobra"

func keysCommand() *cobra.Command    { return &cobra.Command{Use: "keys"} }
func importCommand() *cobra.Command  { return &cobra.Command{Use: "import"} }
func exportCommand() *cobra.Command  { return &cobra.Command{Use: "export"} }
func verifyCommand() *cobra.Command  { return &cobra.Command{Use: "verify"} }
func reportCommand() *cobra.Command  { return &cobra.Command{Use: "report"} }
func configCommand() *cobra.Command  { return &cobra.Command{Use: "config"} }
func versionCommand() *cobra.Command { return &cobra.Command{Use: "version"} }
