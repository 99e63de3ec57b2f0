//! Charts of plan and progress as SVG and PNG. Draws what it is given; computes no figure.
