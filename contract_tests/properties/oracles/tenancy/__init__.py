"""What one account may see of another one."""
