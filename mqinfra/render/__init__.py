"""Values to text: plans, reports and diagnostics as bytes. One file is one format; nothing here decides anything."""
