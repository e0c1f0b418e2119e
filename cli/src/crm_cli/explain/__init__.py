"""`crm explain`."""
