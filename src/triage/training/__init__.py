"""Making and measuring models: corpus, pretraining, fine-tuning, calibration, export, evaluation."""
