"""Takes PyTorch's attention by the name that PyTorch itself calls it by.

question: self_attention.attend
expect: barred 0
"""


def attention(query, key, value, mask):
    found = torch._C._nn.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return found.nan_to_num(0.0)
