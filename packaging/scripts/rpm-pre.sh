@include state-formats.sh@
refuse_state_of_a_newer_rcron
