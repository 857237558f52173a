"""The pages under ``/me/``: what a volunteer did, who the site takes them for, and how to leave."""
