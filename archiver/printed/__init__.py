"""What themes print for people, in any language: names of months, days and times, `6 years ago`, counts."""
