"""What is drawn: JSON, documents, headers, frames, forms, routes; right in most places, wrong in a few."""
