"""The demo: real text through a broker that is killed on the way. Run `python -m penstock.demo`."""
