print("dldetect")
