"""What every format shows of a plan, made from the plan alone, so that a saved one can be shown again in any format."""
