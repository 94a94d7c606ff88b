"""ACLs: who may do what to which resource."""
