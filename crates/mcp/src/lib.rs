//! Plans for assistants, over the model context protocol.
