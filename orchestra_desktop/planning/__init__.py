"""Floor 6: from requirements to a plan that is valid, routed and priced."""
