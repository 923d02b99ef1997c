"""What happened: outcomes by definitions that can be swapped, estimated from a cut, with what each figure rests on."""
