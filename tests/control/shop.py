"""A seed file of a small shop."""

SHOP = """\
apis:
  cliniko:
    taxes:
      - id: 1
        name: GST
        rate: 10
        created_at: 2026-01-01T00:00:00Z
        updated_at: 2026-01-01T00:00:00Z
    products:
      - id: 12
        name: Cedar Balm
        price: 12.10
        price_includes_tax: true
        tax_id: 1
        stock_level: 5
        created_at: 2026-01-02T00:00:00Z
        updated_at: 2026-01-02T00:00:00Z
"""
