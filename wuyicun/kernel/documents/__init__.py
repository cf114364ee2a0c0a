"""Documents that leave the program: PDF, Excel, CSV and QR codes. Knows layout, not what the words mean."""
