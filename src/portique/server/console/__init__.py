"""The live console: showings, referrals and rulings, alerts, daily life."""
