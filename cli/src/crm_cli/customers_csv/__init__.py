"""A file of customers from elsewhere: read row by row, checked, registered in batches, what fails handed back."""
